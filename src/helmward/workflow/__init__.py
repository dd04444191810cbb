"""The one kind of procedure: durable runs of plans. This room alone knows DBOS."""
