"""Other people's sync clients, fed from the same scopes and operations as our own phones."""
