"""Sage 200: customers of one company, over the Sage 200 API."""
