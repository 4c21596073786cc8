package org.apache.spark.tfpredict

import org.apache.spark.TaskContext
import org.apache.spark.memory.TaskMemoryManager

/** Reaches a task's memory manager, which Spark keeps to its own packages. */
object TaskMemory {
  def of(task: TaskContext): TaskMemoryManager = task.taskMemoryManager()
}
