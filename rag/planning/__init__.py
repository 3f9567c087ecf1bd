"""What a question asks, by rules: what it leans on, what it points to, what it compares."""
