"""One folder a product; contract.py says what each has to do."""
