# What is handed over to Helmward, in figures. Change these first; the rules are in default.rego.
package helmward.door

# The largest change that healing may make by itself.
limits := {
	"objects": 3, # objects written
	"replicas_share": 1, # share of a workload's replicas touched; a rollout touches all of them, in turn
	"namespaces": 1,
}

# Permissions of administrators: no other role has them, and no agent ever sees their tools.
administrators_only := {"patch", "delete"}

# True: a field that a controller puts back may be changed for a while, if an approver agrees. The override expires.
temporary_overrides := false

# Who approves what is asked.
approvers := ["approver", "admin"]
