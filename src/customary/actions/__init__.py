"""What a person or a schedule can ask for: a file each."""
