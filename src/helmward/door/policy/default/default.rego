# Helmward's default policy. It answers two questions about `input`:
#
#   visible   may this actor see the tool at all?
#   decision  allow | ask | deny, with the reason
#
# Below are named reasons, in three groups. One deny settles it; else one ask; else one allow; else it is denied.
# `helmward policy explain` prints which of them held. The figures are in limits.rego.
#
# What is asked (null: not known yet):
#   input.actor        name, kind (user | service | agent), roles [...]
#   input.tool         input.effect (READ | MUTATE | DESTRUCTIVE)   input.permission
#   input.scope        namespace, cluster, environment
#   input.mode         observe | ask | auto, from the settings
#   input.severity     of the incident, or null
#   input.reversible   input.blast: objects, replicas_share (0..1), namespaces
#   input.ownership    managers [...], reverted_by, overwritten_by (names or null), temporary
#   input.windows      business_hours, freeze
#   input.model        of the call of a model (permission models.use), else null: name, data_class and highest_class (public |
#                      internal | confidential | restricted), upstream, api (openai | anthropic), tools (true | false)
# `visible` is asked with actor, tool, effect and permission alone.
package helmward.door

default visible := false

default decision := {"verdict": "deny", "reason": "No rule allows this.", "rule": "default"}

decision := {"verdict": "deny", "reason": said(deny), "rule": first(deny)} if {
	count(deny) > 0
} else := {"verdict": "ask", "reason": said(ask), "rule": first(ask), "approvers": approvers} if {
	count(ask) > 0
} else := {"verdict": "allow", "reason": said(allow), "rule": first(allow)} if {
	count(allow) > 0
}

# A tool is seen by those who may call it: with some approval, on some object.
visible if {
	count(not_theirs) == 0
}

# ---- who ---------------------------------------------------------------------------------------------------------

roles := {role | some role in input.actor.roles}

known_roles := {"caller", "viewer", "requester", "approver", "oncall", "admin"}

# A caller may use models and nothing else. All others may use them too.
tool_roles := known_roles - {"caller"}

# These may ask for a change. An approver approves what others ask for; oncall may approve its own, loudly.
proposers := {"requester", "oncall", "admin"}

changes if input.effect != "READ"

calls_model if input.permission == "models.use"

heals if {
	input.actor.kind == "service"
	input.actor.name == "heal"
}

# What bars the actor from the tool whatever it is to be used on. Visibility rests on these alone.
not_theirs["no-role"] := "The actor has no role that Helmward knows." if {
	count(roles & known_roles) == 0
}

not_theirs["models-alone"] := "The role caller may use models and nothing else." if {
	not calls_model
	"caller" in roles
	count(roles & tool_roles) == 0
}

not_theirs["not-a-proposer"] := "Only the roles requester, oncall and admin may propose changes." if {
	changes
	count(roles & proposers) == 0
}

not_theirs["administrators-only"] := sprintf("The permission '%s' is for administrators alone.", [input.permission]) if {
	input.permission in administrators_only
	not "admin" in roles
}

not_theirs["no-agents"] := sprintf("The permission '%s' is for people alone.", [input.permission]) if {
	input.permission in administrators_only
	input.actor.kind == "agent"
}

# ---- deny --------------------------------------------------------------------------------------------------------

deny[name] := reason if {
	some name, reason in not_theirs
}

deny["observe"] := "Helmward only observes here: the settings allow no change in this environment." if {
	changes
	not input.mode in {"ask", "auto"}
}

deny["reverted"] := sprintf("%s would put this field back; change it where %s reads it.", [owner, owner]) if {
	changes
	owner := input.ownership.reverted_by
	owner != null
	not overrides
}

overrides if {
	temporary_overrides
	input.ownership.temporary
}

# A class that is named nowhere is no class: it is denied, as is a call that does not say what it is.
deny["data-class"] := sprintf("Data of the class %s may not go to the upstream %s.", [input.model.data_class, input.model.upstream]) if {
	calls_model
	not may_get(input.model.highest_class, input.model.data_class)
}

deny["no-model"] := "The call names no model." if {
	calls_model
	input.model == null
}

# ---- ask ---------------------------------------------------------------------------------------------------------

ask["approval"] := "A change needs an approval." if {
	changes
	not heals_itself
}

ask["destructive"] := "What this destroys does not come back." if input.effect == "DESTRUCTIVE"

ask["freeze"] := "There is a freeze: nothing changes without an approval." if {
	changes
	input.windows.freeze
}

ask["overwritten"] := sprintf("%s manages this: the next upgrade overwrites the change.", [owner]) if {
	changes
	owner := input.ownership.overwritten_by
	owner != null
}

ask["override"] := sprintf("This overrides %s for a while; it expires.", [input.ownership.reverted_by]) if {
	changes
	input.ownership.reverted_by != null
	overrides
}

ask["too-large"] := "The change reaches further than healing may go by itself." if {
	heals
	changes
	input.blast != null
	not within(input.blast)
}

# ---- allow -------------------------------------------------------------------------------------------------------

allow["read"] := "Every role may read." if {
	input.effect == "READ"
	not calls_model
}

allow["model"] := "Every role may use models." if {
	calls_model
	input.effect == "READ"
	input.model != null
}

allow["healing"] := "Healing may do this by itself: small, reversible, and nobody else's field." if heals_itself

heals_itself if {
	heals
	input.mode == "auto"
	input.effect == "MUTATE"
	input.reversible == true
	input.windows.freeze == false
	input.ownership.reverted_by == null
	input.ownership.overwritten_by == null
	within(input.blast)
}

# May an upstream that may get `highest` get data of the class `given`?
may_get(highest, given) if classes[given] <= classes[highest]

classes := {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}

within(blast) if {
	blast.objects <= limits.objects
	blast.replicas_share <= limits.replicas_share
	blast.namespaces <= limits.namespaces
}

# ---- how the reasons become one answer ---------------------------------------------------------------------------

said(reasons) := concat(" ", [reasons[name] | some name in sort(object.keys(reasons))])

first(reasons) := min(object.keys(reasons))
