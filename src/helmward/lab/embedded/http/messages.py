"""The protobuf form of what kubectl's typed commands send: field numbers of k8s.io/api 1.34 (generated.proto).

A message a paragraph, a field a word: number, `*` for a list or `%` for a map of strings, name, `=` and the type:
s string, b bool, i integer, y bytes, q Quantity, x IntOrString, t Time, `-` left out (the server sets it), or a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message. `many` is "" for one value, "*" for a list, "%" for a map."""

    name: str
    type: str
    many: str


_FIELD = re.compile(r"(\d+)([*%]?)(\w+)=(\S+)")

_TEXT = """
Namespace: 1metadata=ObjectMeta 2spec=NamespaceSpec 3status=-
ConfigMap: 1metadata=ObjectMeta 2%data=s 3%binaryData=y 4immutable=b
Secret: 1metadata=ObjectMeta 2%data=y 3type=s 4%stringData=s 5immutable=b
ServiceAccount: 1metadata=ObjectMeta 2*secrets=ObjectReference 3*imagePullSecrets=LocalObjectReference
  4automountServiceAccountToken=b
Service: 1metadata=ObjectMeta 2spec=ServiceSpec 3status=-
Pod: 1metadata=ObjectMeta 2spec=PodSpec 3status=-
ResourceQuota: 1metadata=ObjectMeta 2spec=ResourceQuotaSpec 3status=-
Deployment: 1metadata=ObjectMeta 2spec=DeploymentSpec 3status=-
Job: 1metadata=ObjectMeta 2spec=JobSpec 3status=-
CronJob: 1metadata=ObjectMeta 2spec=CronJobSpec 3status=-
PodDisruptionBudget: 1metadata=ObjectMeta 2spec=PodDisruptionBudgetSpec 3status=-
Eviction: 1metadata=ObjectMeta 2deleteOptions=DeleteOptions
Ingress: 1metadata=ObjectMeta 2spec=IngressSpec 3status=-
SelfSubjectAccessReview: 1metadata=ObjectMeta 2spec=SelfSubjectAccessReviewSpec 3status=-
SelfSubjectRulesReview: 1metadata=ObjectMeta 2spec=SelfSubjectRulesReviewSpec 3status=-
SelfSubjectReview: 1metadata=ObjectMeta 2status=-
DeleteOptions: 1gracePeriodSeconds=i 2preconditions=Preconditions 3orphanDependents=b 4propagationPolicy=s 5*dryRun=s
  6ignoreStoreReadErrorWithClusterBreakingPotential=b
Binding: 1metadata=ObjectMeta 2target=ObjectReference
HorizontalPodAutoscaler: 1metadata=ObjectMeta 2spec=HorizontalPodAutoscalerSpec 3status=-
ObjectMeta: 1name=s 2generateName=s 3namespace=s 4selfLink=s 5uid=s 6resourceVersion=s 7generation=i
  8creationTimestamp=t 9deletionTimestamp=t 10deletionGracePeriodSeconds=i 11%labels=s 12%annotations=s
  13*ownerReferences=OwnerReference 14*finalizers=s
NamespaceSpec: 1*finalizers=s
ObjectReference: 1kind=s 2namespace=s 3name=s 4uid=s 5apiVersion=s 6resourceVersion=s 7fieldPath=s
LocalObjectReference: 1name=s
ServiceSpec: 1*ports=ServicePort 2%selector=s 3clusterIP=s 4type=s 5*externalIPs=s 7sessionAffinity=s
  8loadBalancerIP=s 9*loadBalancerSourceRanges=s 10externalName=s 11externalTrafficPolicy=s 12healthCheckNodePort=i
  13publishNotReadyAddresses=b 17ipFamilyPolicy=s 18*clusterIPs=s 19*ipFamilies=s 20allocateLoadBalancerNodePorts=b
  21loadBalancerClass=s 22internalTrafficPolicy=s 23trafficDistribution=s
PodSpec: 1*volumes=Volume 2*containers=Container 3restartPolicy=s 4terminationGracePeriodSeconds=i
  5activeDeadlineSeconds=i 6dnsPolicy=s 7%nodeSelector=s 8serviceAccountName=s 9serviceAccount=s 10nodeName=s
  11hostNetwork=b 12hostPID=b 13hostIPC=b 14securityContext=PodSecurityContext
  15*imagePullSecrets=LocalObjectReference 16hostname=s 17subdomain=s 18affinity=Affinity 19schedulerName=s
  20*initContainers=Container 21automountServiceAccountToken=b 22*tolerations=Toleration 24priorityClassName=s
  25priority=i 27shareProcessNamespace=b 29runtimeClassName=s 30enableServiceLinks=b 31preemptionPolicy=s
  32%overhead=q 35setHostnameAsFQDN=b 36os=PodOS 37hostUsers=b 40resources=ResourceRequirements 41hostnameOverride=s
ResourceQuotaSpec: 1%hard=q 2*scopes=s 3scopeSelector=ScopeSelector
DeploymentSpec: 1replicas=i 2selector=LabelSelector 3template=PodTemplateSpec 4strategy=DeploymentStrategy
  5minReadySeconds=i 6revisionHistoryLimit=i 7paused=b 9progressDeadlineSeconds=i
JobSpec: 1parallelism=i 2completions=i 3activeDeadlineSeconds=i 4selector=LabelSelector 5manualSelector=b
  6template=PodTemplateSpec 7backoffLimit=i 8ttlSecondsAfterFinished=i 9completionMode=s 10suspend=b
  12backoffLimitPerIndex=i 13maxFailedIndexes=i 14podReplacementPolicy=s 15managedBy=s
CronJobSpec: 1schedule=s 2startingDeadlineSeconds=i 3concurrencyPolicy=s 4suspend=b 5jobTemplate=JobTemplateSpec
  6successfulJobsHistoryLimit=i 7failedJobsHistoryLimit=i 8timeZone=s
PodDisruptionBudgetSpec: 1minAvailable=x 2selector=LabelSelector 3maxUnavailable=x 4unhealthyPodEvictionPolicy=s
IngressSpec: 1defaultBackend=IngressBackend 2*tls=IngressTLS 3*rules=IngressRule 4ingressClassName=s
SelfSubjectAccessReviewSpec: 1resourceAttributes=ResourceAttributes 2nonResourceAttributes=NonResourceAttributes
SelfSubjectRulesReviewSpec: 1namespace=s
Preconditions: 1uid=s 2resourceVersion=s
HorizontalPodAutoscalerSpec: 1scaleTargetRef=CrossVersionObjectReference 2minReplicas=i 3maxReplicas=i
  4*metrics=MetricSpec 5behavior=HorizontalPodAutoscalerBehavior
OwnerReference: 1kind=s 3name=s 4uid=s 5apiVersion=s 6controller=b 7blockOwnerDeletion=b
ServicePort: 1name=s 2protocol=s 3port=i 4targetPort=x 5nodePort=i 6appProtocol=s
Volume: 1name=s 2volumeSource=VolumeSource
Container: 1name=s 2image=s 3*command=s 4*args=s 5workingDir=s 6*ports=ContainerPort 7*env=EnvVar
  8resources=ResourceRequirements 9*volumeMounts=VolumeMount 10livenessProbe=Probe 11readinessProbe=Probe
  13terminationMessagePath=s 14imagePullPolicy=s 15securityContext=SecurityContext 16stdin=b 17stdinOnce=b 18tty=b
  19*envFrom=EnvFromSource 20terminationMessagePolicy=s 22startupProbe=Probe 24restartPolicy=s
PodSecurityContext: 2runAsUser=i 3runAsNonRoot=b 4*supplementalGroups=i 5fsGroup=i 6runAsGroup=i
  9fsGroupChangePolicy=s 12supplementalGroupsPolicy=s 13seLinuxChangePolicy=s
Affinity: 1nodeAffinity=NodeAffinity
Toleration: 1key=s 2operator=s 3value=s 4effect=s 5tolerationSeconds=i
PodOS: 1name=s
ResourceRequirements: 1%limits=q 2%requests=q 3*claims=ResourceClaim
ScopeSelector: 1*matchExpressions=ScopedResourceSelectorRequirement
LabelSelector: 1%matchLabels=s 2*matchExpressions=LabelSelectorRequirement
PodTemplateSpec: 1metadata=ObjectMeta 2spec=PodSpec
DeploymentStrategy: 1type=s 2rollingUpdate=RollingUpdateDeployment
JobTemplateSpec: 1metadata=ObjectMeta 2spec=JobSpec
IngressBackend: 3resource=TypedLocalObjectReference 4service=IngressServiceBackend
IngressTLS: 1*hosts=s 2secretName=s
IngressRule: 1host=s 2ingressRuleValue=IngressRuleValue
ResourceAttributes: 1namespace=s 2verb=s 3group=s 4version=s 5resource=s 6subresource=s 7name=s
  8fieldSelector=FieldSelectorAttributes 9labelSelector=LabelSelectorAttributes
NonResourceAttributes: 1path=s 2verb=s
CrossVersionObjectReference: 1kind=s 2name=s 3apiVersion=s
MetricSpec: 1type=s 2object=ObjectMetricSource 3pods=PodsMetricSource 4resource=ResourceMetricSource
  5external=ExternalMetricSource 7containerResource=ContainerResourceMetricSource
HorizontalPodAutoscalerBehavior: 1scaleUp=HPAScalingRules 2scaleDown=HPAScalingRules
VolumeSource: 1hostPath=HostPathVolumeSource 2emptyDir=EmptyDirVolumeSource 6secret=SecretVolumeSource
  10persistentVolumeClaim=PersistentVolumeClaimVolumeSource 16downwardAPI=DownwardAPIVolumeSource
  19configMap=ConfigMapVolumeSource 26projected=ProjectedVolumeSource
ContainerPort: 1name=s 2hostPort=i 3containerPort=i 4protocol=s 5hostIP=s
EnvVar: 1name=s 2value=s 3valueFrom=EnvVarSource
VolumeMount: 1name=s 2readOnly=b 3mountPath=s 4subPath=s 5mountPropagation=s 6subPathExpr=s 7recursiveReadOnly=s
Probe: 1handler=ProbeHandler 2initialDelaySeconds=i 3timeoutSeconds=i 4periodSeconds=i 5successThreshold=i
  6failureThreshold=i 7terminationGracePeriodSeconds=i
SecurityContext: 2privileged=b 4runAsUser=i 5runAsNonRoot=b 6readOnlyRootFilesystem=b 7allowPrivilegeEscalation=b
  8runAsGroup=i 9procMount=s
EnvFromSource: 1prefix=s 2configMapRef=ConfigMapEnvSource 3secretRef=SecretEnvSource
NodeAffinity: 1requiredDuringSchedulingIgnoredDuringExecution=NodeSelector
  2*preferredDuringSchedulingIgnoredDuringExecution=PreferredSchedulingTerm
ResourceClaim: 1name=s 2request=s
ScopedResourceSelectorRequirement: 1scopeName=s 2operator=s 3*values=s
LabelSelectorRequirement: 1key=s 2operator=s 3*values=s
RollingUpdateDeployment: 1maxUnavailable=x 2maxSurge=x
TypedLocalObjectReference: 1apiGroup=s 2kind=s 3name=s
IngressServiceBackend: 1name=s 2port=ServiceBackendPort
IngressRuleValue: 1http=HTTPIngressRuleValue
FieldSelectorAttributes: 1rawSelector=s 2*requirements=FieldSelectorRequirement
LabelSelectorAttributes: 1rawSelector=s 2*requirements=LabelSelectorRequirement
ObjectMetricSource: 1describedObject=CrossVersionObjectReference 2target=MetricTarget 3metric=MetricIdentifier
PodsMetricSource: 1metric=MetricIdentifier 2target=MetricTarget
ResourceMetricSource: 1name=s 2target=MetricTarget
ExternalMetricSource: 1metric=MetricIdentifier 2target=MetricTarget
ContainerResourceMetricSource: 1name=s 2target=MetricTarget 3container=s
HPAScalingRules: 1selectPolicy=s 2*policies=HPAScalingPolicy 3stabilizationWindowSeconds=i 4tolerance=q
HostPathVolumeSource: 1path=s 2type=s
EmptyDirVolumeSource: 1medium=s 2sizeLimit=q
SecretVolumeSource: 1secretName=s 2*items=KeyToPath 3defaultMode=i 4optional=b
PersistentVolumeClaimVolumeSource: 1claimName=s 2readOnly=b
DownwardAPIVolumeSource: 1*items=DownwardAPIVolumeFile 2defaultMode=i
ConfigMapVolumeSource: 1localObjectReference=LocalObjectReference 2*items=KeyToPath 3defaultMode=i 4optional=b
ProjectedVolumeSource: 1*sources=VolumeProjection 2defaultMode=i
EnvVarSource: 1fieldRef=ObjectFieldSelector 2resourceFieldRef=ResourceFieldSelector
  3configMapKeyRef=ConfigMapKeySelector 4secretKeyRef=SecretKeySelector
ProbeHandler: 1exec=ExecAction 2httpGet=HTTPGetAction 3tcpSocket=TCPSocketAction 4grpc=GRPCAction
ConfigMapEnvSource: 1localObjectReference=LocalObjectReference 2optional=b
SecretEnvSource: 1localObjectReference=LocalObjectReference 2optional=b
NodeSelector: 1*nodeSelectorTerms=NodeSelectorTerm
PreferredSchedulingTerm: 1weight=i 2preference=NodeSelectorTerm
ServiceBackendPort: 1name=s 2number=i
HTTPIngressRuleValue: 1*paths=HTTPIngressPath
FieldSelectorRequirement: 1key=s 2operator=s 3*values=s
MetricTarget: 1type=s 2value=q 3averageValue=q 4averageUtilization=i
MetricIdentifier: 1name=s 2selector=LabelSelector
HPAScalingPolicy: 1type=s 2value=i 3periodSeconds=i
KeyToPath: 1key=s 2path=s 3mode=i
DownwardAPIVolumeFile: 1path=s 2fieldRef=ObjectFieldSelector 3resourceFieldRef=ResourceFieldSelector 4mode=i
VolumeProjection: 1secret=SecretProjection 2downwardAPI=DownwardAPIProjection 3configMap=ConfigMapProjection
  4serviceAccountToken=ServiceAccountTokenProjection
ObjectFieldSelector: 1apiVersion=s 2fieldPath=s
ResourceFieldSelector: 1containerName=s 2resource=s 3divisor=q
ConfigMapKeySelector: 1localObjectReference=LocalObjectReference 2key=s 3optional=b
SecretKeySelector: 1localObjectReference=LocalObjectReference 2key=s 3optional=b
ExecAction: 1*command=s
HTTPGetAction: 1path=s 2port=x 3host=s 4scheme=s 5*httpHeaders=HTTPHeader
TCPSocketAction: 1port=x 2host=s
GRPCAction: 1port=i 2service=s
NodeSelectorTerm: 1*matchExpressions=NodeSelectorRequirement 2*matchFields=NodeSelectorRequirement
HTTPIngressPath: 1path=s 2backend=IngressBackend 3pathType=s
SecretProjection: 1localObjectReference=LocalObjectReference 2*items=KeyToPath 4optional=b
DownwardAPIProjection: 1*items=DownwardAPIVolumeFile
ConfigMapProjection: 1localObjectReference=LocalObjectReference 2*items=KeyToPath 4optional=b
ServiceAccountTokenProjection: 1audience=s 2expirationSeconds=i 3path=s
HTTPHeader: 1name=s 2value=s
NodeSelectorRequirement: 1key=s 2operator=s 3*values=s
"""


def _parse() -> dict[str, dict[int, Field]]:
    found: dict[str, dict[int, Field]] = {}
    message = ""
    for word in _TEXT.split():
        if word.endswith(":"):
            message = word[:-1]
            found[message] = {}
        elif match := _FIELD.fullmatch(word):
            found[message][int(match[1])] = Field(match[3], match[4], match[2])
    return found


MESSAGES = _parse()
