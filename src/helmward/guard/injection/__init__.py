"""Text that tries to be an instruction: from a person to the model against its rules, or from a document to the model."""
