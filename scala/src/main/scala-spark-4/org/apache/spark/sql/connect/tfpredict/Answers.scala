package org.apache.spark.sql.connect.tfpredict

import org.apache.spark.connect.proto.{ExecutePlanResponse, Relation}
import org.apache.spark.sql.connect.planner.SparkConnectPlanner
import org.sparkproject.connect.protobuf.{Any => ProtoAny, ByteString}

/** Sends a command's answer to its client. Spark makes this private to its own packages. */
object Answers {

  /**
   * Sends the answer as the relation that results from a command. Only this package reads this kind
   * of relation. PySpark returns it to the sender of the command, and nobody requests its rows from
   * the server.
   */
  def send(planner: SparkConnectPlanner, kind: String, answer: Array[Byte]): Unit = {
    val extension = ProtoAny.newBuilder().setTypeUrl(kind).setValue(ByteString.copyFrom(answer))
    val result = ExecutePlanResponse.SqlCommandResult
      .newBuilder()
      .setRelation(Relation.newBuilder().setExtension(extension))
    val response = ExecutePlanResponse
      .newBuilder()
      .setSessionId(planner.sessionId)
      .setServerSideSessionId(planner.sessionHolder.serverSessionId)
      .setSqlCommandResult(result)
    planner.executeHolderOpt.foreach(send(_, response.build()))
  }

  // By reflection: Spark's jar relocates gRPC's classes, but not in the type information that
  // scalac reads. So a direct call of the observer does not compile.
  private def send(request: Object, response: ExecutePlanResponse): Unit = {
    val observer = request.getClass.getMethod("responseObserver").invoke(request)
    observer.getClass.getMethod("onNext", classOf[Object]).invoke(observer, response)
    ()
  }
}
