"""How far a text may go, by what it says of itself and by what it is about. Nothing is masked for it."""
