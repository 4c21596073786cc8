// Only for the JVM's flags.
libraryDependencies += "org.apache.spark" %% "spark-launcher" % "3.5.7"
