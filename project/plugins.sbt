addSbtPlugin("com.eed3si9n" % "sbt-assembly" % "2.3.1")
addSbtPlugin("com.eed3si9n" % "sbt-buildinfo" % "0.13.1")
addSbtPlugin("org.scalameta" % "sbt-scalafmt" % "2.5.6")
addSbtPlugin("ch.epfl.scala" % "sbt-scalafix" % "0.14.3")
addSbtPlugin("pl.project13.scala" % "sbt-jmh" % "0.4.8")
addSbtPlugin("com.typesafe" % "sbt-mima-plugin" % "1.1.4")

// Only for the JVM flags that Spark's launcher passes to Java 17. Forked tests need them too.
libraryDependencies += "org.apache.spark" %% "spark-launcher" % "3.5.7"
