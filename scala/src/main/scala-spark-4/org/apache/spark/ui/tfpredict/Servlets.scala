package org.apache.spark.ui.tfpredict

/** Where this line of Spark has its servlets' classes. */
object Servlets {
  type Request = jakarta.servlet.http.HttpServletRequest
}
