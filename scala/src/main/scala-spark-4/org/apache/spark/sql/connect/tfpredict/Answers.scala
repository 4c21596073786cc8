package org.apache.spark.sql.connect.tfpredict

import org.apache.spark.connect.proto.{ExecutePlanResponse, Relation}
import org.apache.spark.sql.connect.planner.SparkConnectPlanner
import org.sparkproject.connect.protobuf.{Any => ProtoAny, ByteString}

/** Sends a command's answer to its client, which Spark keeps to its own packages. */
object Answers {

  /**
   * The answer is the relation that a command results in, and of a kind that only this package
   * reads. PySpark hands it to whoever sent the command, and nobody asks the server for its rows.
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

  // Spark's jar names gRPC's classes anew but not in what scalac reads of the observer's class, so
  // that no call of it compiles.
  private def send(request: Object, response: ExecutePlanResponse): Unit = {
    val observer = request.getClass.getMethod("responseObserver").invoke(request)
    observer.getClass.getMethod("onNext", classOf[Object]).invoke(observer, response)
    ()
  }
}
