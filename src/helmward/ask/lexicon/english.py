"""English words and phrases by tag. Contractions are written out (`do not`): tokens.py takes them apart."""

from __future__ import annotations

PHRASES: dict[str, str] = {
    # ---- changes: imperatives alone; other forms of the verbs are MENTION ----
    "RESTART": "restart|bounce|reboot|kick|recycle|rolling restart|rollout restart|a restart|restart of|turn off and on|relaunch",
    "SCALE": "scale|resize|set|change|make it|adjust|make|replicas =",
    "SCALE_UP": "scale up|scale out|bump|bump up|increase|raise|grow|up|add",
    "SCALE_DOWN": "scale down|scale in|decrease|reduce|lower|shrink|drop|remove replicas",
    "DOUBLE": "double|triple|halve|half|twice|quadruple|a few|some more|more|fewer|less|another|max|maximum|minimum|as many",
    "ROLLBACK": "roll back|rollback|undo the last deploy|undo the last rollout|undo the last release|undo the deploy|undo the rollout"
    "|undo the deployment of|undo the last deployment|undo rollout|undo the rollout|rollout undo|go back to the previous version"
    "|back to the previous version|to the previous version|previous version|last version|earlier version|go back|downgrade",
    "REVERT": "revert|take back|put back",
    "UNDO": "undo|reverse|take that back|roll that back|revert that|undo that|undo it|undo this|take it back",
    "DELETE": "delete|evict|kill|terminate|remove|get rid of|destroy|wipe|drop|purge|nuke",
    "RESTORE": "restore|put the old config|put the old version|recover|old config|old configuration|former",
    "MEND": "fix|repair|heal|mend|remediate|resolve|cure|make it work",
    "DENY": "deny|reject|decline|say no to|turn down",
    # ---- changes that words never make ----
    "APPROVE": "approve|confirm plan|accept plan|sign off|lgtm|approve it|ok the plan",
    "KILLSWITCH": "kill switch|killswitch|emergency stop|stop all changes|stop everything|halt everything|stop all|kill all|halt all"
    "|freeze everything|panic",
    "REVIVE": "revive|lift the kill|resume changes|allow changes",
    "FORCE": "force|forcibly|force delete|by force|immediately delete|for good|hard delete",
    "ACK": "acknowledge|ack",
    "SUPPRESS": "suppress|mute|silence|snooze",
    # ---- changes that no tool makes ----
    "NOTOOL": "cordon|uncordon|drain|pause|resume|exec|exec into|ssh|shell into|apply|create|deploy|install|upgrade|update|patch|edit"
    "|start|stop|shut down|shutdown|suspend|label|annotate|taint|attach|port forward|copy|run a job|drop table|drop database"
    "|rename|move|migrate|disable|enable|grant|expose|turn off|turn on|reset|clean up|cleanup|format|rotate|replace|write|run|execute",
    # ---- questions ----
    "WHY": "why|how come|what is wrong with|what is the matter with|what caused|what causes|what broke|root cause|cause of|reason"
    "|what is up with|what is going on with|whats going on with|what happened with|find out why|tell me why|what made|for what reason"
    "|the cause",
    "EXPLAIN": "explain|diagnose|troubleshoot|debug|investigate|analyse|analyze|look into|diagnosis|what is going on with incident"
    "|what about",
    "BROKEN": "down|broken|failing|fails|fail|failed|crashing|crashed|crashes|crash|crashloop|crashlooping|crash looping"
    "|crashloopbackoff|dead|dying|unhealthy|sick|unavailable|unreachable|stuck|pending|slow|red|degraded|oom|oomkilled|killed|erroring"
    "|not ready|not working|not running|not healthy|not up|not starting|not responding|not available|does not work|does not start"
    "|will not start|can not start|keeps restarting|keep restarting|keeps crashing|keep crashing|keeps dying|keep dying|restarting"
    "|restarts|acting up|flapping|throwing errors|an outage|outage|in trouble|hanging|hung|evicted|is being restarted",
    "INCIDENTS": "incidents|incident list|problems|problem|alerts|alert|issues|issue|open incidents|what is wrong|what is broken|wrong"
    "|on fire|trouble|troubles|anything broken|everything broken|everything that is broken|faults|what hurts|firing|outages|incident"
    "|what is failing|what is down|findings|needs attention|needs my attention|need attention",
    "STATUS": "status|health|how healthy|overview|how is the cluster|is everything ok|is everything okay|is all well|are you ok"
    "|which cluster|what are you watching|what do you watch|what cluster|cluster state|cluster status|summary|how is it going"
    "|how are things|what do you see|connected to|everything fine|all good",
    "LOGS": "logs|log|log lines|output|stdout|stderr|prints|print|printed|what does it write|tail|writes|wrote|writing",
    "PREVIOUS": "previous|before it crashed|before the crash|before it died|last run|previous run|from before|the run before|earlier run"
    "|crashed container|previous container|before that run|-p|--previous|of the run before|before the restart|before it restarted",
    "EVENTS": "events|event|what happened to|what has happened to|what happened in|what happened",
    "WARNING": "warning|warnings",
    "DESCRIBE": "describe|details|detail|details of|more about|information about|info about|info on|tell me about|inspect|look at",
    "GET": "yaml|manifest|json|spec|definition|raw object",
    "LIST": "list|show all|which|what|how many|count|see all|ls|running|exist|there|all the",
    "SHOW": "show|show me|give me|gimme|let me see|get|get me|display|see|view|print out|fetch|read|pull up|check|find|tell me|know",
    "TOP": "top|cpu|memory|ram|usage|cpu usage|memory usage|utilization|utilisation|load|busy|how busy|resource usage|resources used"
    "|consumption|how full|how loaded|using",
    "HISTORY": "history|rollout history|revisions|versions|deploy history|deployment history|past versions|rollouts|which versions",
    "ACTIONS": "what did you do|what have you done|actions|which actions|what you did|what you have done|your actions|action log"
    "|actions taken|things you did|what was done|what did helmward do|done so far|changes did you make|changes you made|changes have you made",
    "CHANGES": "what changed|what has changed|what have changed|recent changes|changes|changed|did anybody change|did anyone change"
    "|did somebody change|did someone change|who changed|what was changed|change log|what is different|latest changes",
    "HELP": "help|what can you do|what can i ask|what can i say|how does this work|commands|usage help|what do you understand"
    "|how do i use this|what are you able to do|who are you|manual",
    # ---- what stands between ----
    "REPLICAS": "replicas|replica|instances|instance|copies|pods wide|replica count|the replica count",
    "REVISION": "revision|rev|version",
    "TO": "to|at|=|->|=>|up to|down to|onto|exactly",
    "BY": "by|plus|minus|additional|extra",
    "FROM": "from",
    "IN": "in|within|inside|on|in the namespace|in namespace|in the|namespace|ns|-n|environment|env|--namespace|in environment|cluster"
    "|under",
    "OF": "of|for|about|with",
    "IT": "it|that|this|them|those|its|that one|this one|the same one|itself|the latter|they|their",
    "THERE": "there too|over there",
    "AGAIN": "again|do it again|the same|same|do the same|same thing|repeat|repeat that|do that again|once more|likewise|ditto|also",
    "NO": "no|nope|nah|not that|wrong one|actually|i meant|i mean|sorry|rather|instead|correction|make that",
    "YES": "yes|yep|yeah|yup|sure|ok|okay|go ahead|do it|correct|right|y|that is right|please do",
    "CANCEL": "never mind|nevermind|cancel|forget it|forget about it|drop it|skip it|leave it|abort|no thanks|nothing|stop it|scrap that",
    "LAST": "last|last one|last thing|last change|what you just did|the last action|my last change|latest change|just did|last action",
    "ALL": "all|everything|every|each|everyone|both|any|whole|entire|everybody|all of them|anything",
    "AND": "and|and then|plus also|as well as|followed by|afterwards|;|&|&&|+|or|/|,and|along with",
    "NOT": "not|never|no more|avoid|refrain|without|except|stop restarting|hold off|leave alone|hands off|neither|nor|but not|n't"
    "|prevent|forbid|instead of|rather than|stay away",
    "IF": "if|when|whenever|unless|in case|once|after|before|until|while|as soon as|provided|should it|otherwise|else|because|since|though",
    "TIME": "tomorrow|tonight|later|midnight|noon|daily|every day|hourly|weekly|monday|tuesday|wednesday|thursday|friday|saturday"
    "|sunday|next week|in an hour|at night|every hour|o'clock|am|pm|schedule|weekend|soon|minutes|hours|seconds|days|weekends",
    "ASK": "should|shall|would|could|may|might|must|is|are|was|were|am i|has|have|had|did|does|do|how|how do i|how to|how can i|who|where"
    "|what if|what happens if|what would|what happens|what will|would it|is it|can i|could i|may i|can we|can you tell|possible|safe"
    "|will|what is|what are|what does|whether|wonder|wondering|think|thinking|suppose|imagine|hypothetically|mean|means|says|said|told"
    "|asked|asks|tells|i|we|he|she|someone|somebody|supposed|explain how|way to|can|been|being|be|got|gets|want to know|allowed"
    "|dangerous|risk|risky|idea|recommend|suggest|better|ever|already|need|needed|how much",
    "MENTION": "restarted|restart count|rebooted|rebooting|bounced|bouncing|scaled|scaling|scales|rolled back|rolling back|deleted"
    "|deleting|evicting|killing|reverted|reverting|restored|restoring|fixed|fixing|undone|undoing|approved|approving|stopped"
    "|repaired|healed|mended|removed|a rollback|an eviction|restart policy|rollout",
    "FILLER": "please|pls|plz|can you|could you|will you|can you please|could you please|would you please|would you kindly|kindly|hey|hi"
    "|hello|yo|ok so|so|now|right now|just|the|a|an|my|our|your|this morning|i want you to|i want to|i would like to"
    "|i would like you to|i need you to|i need to|i want|i need|we need|i would like|let us|go ahead and|for me|quickly|asap"
    "|at once|immediately|thanks|thank you|cheers|helmward|dear|good morning|kind of|service|app|application|microservice|component"
    "|workload|today|lately|recently|recent|currently|at the moment|moment|current|latest|open|some|well|then please|bro|man|dude|mate"
    "|urgently|urgent|thx|ty|if you would|if you please|if you can|if possible|be so kind|and please|ready|right away|one time|once please"
    "|,|.|!|:|'s|us|me|you|have a look at|need to|needs|needs a|give|again please|there is|there are|do we have|do i have|we have"
    "|does it have|live|active|here|ones|one|to see|i can|a bit|bit|quick|go|of them|so far|up here|taken|set to|name|named|called|many|k8s|kubernetes cluster|use|then"
    "|look|looks|looking|take a look at|do a|perform|perform a|trigger|trigger a|initiate|out|please can you|could u|can u|u|really",
}
"""Phrases of a tag, separated by `|`. The longest phrase wins; of two of one length, the tag that stands first."""

KINDS: dict[str, str] = {
    "Pod": "pod|pods|po|container|containers",
    "Deployment": "deployment|deployments|deploy|deploys|get deploy|list deploy|show deploy|get deploys",
    "StatefulSet": "statefulset|statefulsets|sts|stateful set|stateful sets",
    "DaemonSet": "daemonset|daemonsets|ds|daemon set|daemon sets",
    "Service": "services|svc|svcs",
    "ConfigMap": "configmap|configmaps|cm|config map|config maps|configuration of|config of|configs",
    "Node": "node|nodes|machines|servers|hosts",
    "Namespace": "namespaces|all namespaces",
    "Job": "job|jobs",
    "CronJob": "cronjob|cronjobs|cron jobs",
    "Ingress": "ingress|ingresses",
    "ReplicaSet": "replicaset|replicasets|rs",
    "PersistentVolumeClaim": "pvc|pvcs|persistentvolumeclaims|volume claims|persistent volume claims",
    "PersistentVolume": "pv|pvs|persistentvolumes|persistent volumes",
    "Secret": "secrets|secret",
    "ServiceAccount": "serviceaccounts|service accounts",
    "ResourceQuota": "quotas|resourcequotas|quota",
    "StorageClass": "storageclasses|storage classes",
    "EndpointSlice": "endpointslices|endpoints",
}

NUMBERS: dict[str, int] = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
    if word != "one"  # "the old one"
}

CONTRACTIONS: dict[str, str] = {
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "cant": "can not",
    "cannot": "can not",
    "can't": "can not",
    "wont": "will not",
    "won't": "will not",
    "shouldnt": "should not",
    "wouldnt": "would not",
    "couldnt": "could not",
    "mustnt": "must not",
    "whats": "what is",
    "what's": "what is",
    "whys": "why is",
    "why's": "why is",
    "hows": "how is",
    "how's": "how is",
    "who's": "who is",
    "where's": "where is",
    "that's": "that is",
    "there's": "there is",
    "it's": "it is",
    "let's": "let us",
    "lets": "let us",
    "i'd": "i would",
    "i'm": "i am",
    "i've": "i have",
    "we've": "we have",
    "you've": "you have",
    "everything's": "everything is",
    "wanna": "want to",
    "gonna": "will",
    "lemme": "let me",
}

ALIASES: dict[str, str] = {
    "prod": "production",
    "prd": "production",
    "stg": "staging",
    "stage": "staging",
    "dev": "development",
    "develop": "development",
    "preprod": "pre-production",
    "mon": "monitoring",
    "pg": "postgres",
    "postgresql": "postgres",
}
"""Other words for what a namespace, an environment or a workload is called."""
