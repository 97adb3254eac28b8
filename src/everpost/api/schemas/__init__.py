"""The JSON of the contract. A key that a client left out is missing from the dictionary: not null."""
