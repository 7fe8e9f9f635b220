"""What an asset's past visits came to: the last three on phones, and all of them on demand."""
