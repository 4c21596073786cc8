package org.apache.spark.ui.tfpredict

/** Where this line of Spark has its servlets' classes. */
private object Servlets {
  type Request = javax.servlet.http.HttpServletRequest
}
