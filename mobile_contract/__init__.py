"""What a phone needs to know: the contract's schemas and vectors, and a reference phone that anyone may read."""
