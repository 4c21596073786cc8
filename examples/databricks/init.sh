#!/usr/bin/env bash
# A cluster's init script: puts the jar where the JVMs of the driver and of each worker have it from their start.
# Store it in the volume beside the jar, and name it in the cluster's settings. Change the path to your volume's.
set -eu
cp /Volumes/main/default/tfpredict/tfpredict-assembly_*.jar /databricks/jars/
