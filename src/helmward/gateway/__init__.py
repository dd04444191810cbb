"""Model traffic: guarded, authorised, bounded, routed, translated, metered and audited."""
