"""Words from a person → a typed command: a grammar, the live inventory, a classifier, a conversation, a model's tool loop."""
