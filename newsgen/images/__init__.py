"""Pictures: fetched once, kept as they came, served small. Only `fetch` reaches the network."""
