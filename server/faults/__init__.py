"""Background work that failed for a fault of ours: kept, shown to the desk, and tried again."""
