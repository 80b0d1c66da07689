"""SYSPRO's customers, read through its e.net REST service."""
