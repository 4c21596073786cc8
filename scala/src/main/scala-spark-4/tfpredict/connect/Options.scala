package tfpredict.connect

import java.util.{Map => JMap}

import scala.collection.JavaConverters._

/** Options of a call, which [[Sent]] has looked at: their names and values are read further on. */
private[connect] object Options {
  def of(sent: JMap[_, _]): JMap[String, Object] =
    sent.asScala.map { case (name, value) =>
      name.toString -> value.asInstanceOf[Object]
    }.asJava
}
