import java.util.Arrays;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;

/** The smallest program of TensorFlow Java 1.15 that runs an adapted model. */
public final class Linear {

  public static void main(String[] args) {
    try (SavedModelBundle bundle = SavedModelBundle.load(args[0], "serve");
        Tensor<?> x = Tensor.create(new float[][] {{1, 2}, {3, 5}});
        Tensor<?> y =
            bundle
                .session()
                .runner()
                .feed("serving_default_inputs:0", x)
                .fetch("StatefulPartitionedCall:0")
                .run()
                .get(0)) {
      System.out.println(Arrays.deepToString(y.copyTo(new float[2][1])));
    }
  }
}
