package tfpredict.session

/** The runtime found no memory for a batch; a smaller one may do. */
final private[tfpredict] class OutOfRoom(message: String, cause: Throwable)
    extends RuntimeException(message, cause)
