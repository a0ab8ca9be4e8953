"""Images: downloaded once, stored unchanged, served small. Only `fetch` uses the network."""
