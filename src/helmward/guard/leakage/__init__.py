"""What a model's answer would carry out: its instructions, planted marks, data in links."""
