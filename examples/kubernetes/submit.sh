#!/usr/bin/env bash
# Submits one of the jar's programs to Kubernetes: submit.sh MODEL, such as s3a://models/linear_model.
#   API    the cluster's address, which `kubectl cluster-info` prints
#   IMAGE  an image that examples/docker/Dockerfile made
set -eu
API=${API:-https://kubernetes:6443}
IMAGE=${IMAGE:-registry.example/spark-tfpredict:0.1.0}

options=(
  --master "k8s://$API" --deploy-mode cluster --name tfpredict
  --conf spark.kubernetes.namespace=spark
  --conf spark.kubernetes.authenticate.driver.serviceAccountName=spark
  --conf "spark.kubernetes.container.image=$IMAGE"
  # No pod on a node of another processor, where a cluster has both.
  --conf spark.kubernetes.node.selector.kubernetes.io/arch=amd64
  --conf spark.executor.instances=2
  --conf spark.executor.cores=2
  --conf spark.executor.memory=2g
  # What models and TensorFlow take outside the heap.
  --conf spark.executor.memoryOverhead=2g
  # Native libraries and fetched models: on a volume of the pod, not in the container's own layer.
  --conf spark.kubernetes.executor.volumes.emptyDir.tfpredict.mount.path=/var/tfpredict
  --conf spark.kubernetes.executor.volumes.emptyDir.tfpredict.options.sizeLimit=10Gi
  --conf spark.kubernetes.driver.volumes.emptyDir.tfpredict.mount.path=/var/tfpredict
  --conf spark.kubernetes.driver.volumes.emptyDir.tfpredict.options.sizeLimit=10Gi
  --conf spark.tfpredict.disk.path=/var/tfpredict
  --conf spark.tfpredict.disk.bytes=8g
)
exec spark-submit "${options[@]}" \
  --class tfpredict.examples.TfDataFrame local:///opt/spark/jars/tfpredict.jar "$1"
