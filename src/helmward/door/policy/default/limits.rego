# What is handed over to Helmward, in figures. Change these first; the rules are in default.rego.
package helmward.door

# The largest change that healing may make by itself.
limits := {
	"objects": 3, # objects written
	"replicas_share": 0.5, # share of the workload's ready replicas taken away at once
	"namespaces": 1,
}

# Permissions of administrators: no other role has them, and no agent ever sees their tools.
administrators_only := {"patch", "delete"}

# True: a field that a controller puts back may be changed for a while, if an approver agrees. The override expires.
temporary_overrides := false

# Who approves what is asked.
approvers := ["approver", "admin"]
