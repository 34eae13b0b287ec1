package dev.lyrebird.journal;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The MQTT 5 properties of a publication that travel unchanged from publisher to subscriber
 * ([MQTT-3.3.2-4], [MQTT-3.3.2-15], [MQTT-3.3.2-16], [MQTT-3.3.2-17]). The content type is the
 * {@link Payload}'s own, the expiry the {@link Write}'s.
 *
 * @param utf8 the payload format indicator: the payload is UTF-8 text
 * @param responseTopic where an answer is awaited
 * @param correlationData what an answer is to repeat; never changed after construction
 * @param userProperties names and values in the publisher's order, names may recur
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, see equals; copied never
public record PublishProperties(
    boolean utf8,
    @Nullable String responseTopic,
    byte @Nullable [] correlationData,
    List<UserProperty> userProperties) {

  /** One user property. */
  public record UserProperty(String name, String value) {}

  /** Written out, because javac forgets the annotation of an array in a compact constructor. */
  public PublishProperties(
      boolean utf8,
      @Nullable String responseTopic,
      byte @Nullable [] correlationData,
      List<UserProperty> userProperties) {
    this.utf8 = utf8;
    this.responseTopic = responseTopic;
    this.correlationData = correlationData;
    this.userProperties = List.copyOf(userProperties);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PublishProperties that
        && utf8 == that.utf8
        && Objects.equals(responseTopic, that.responseTopic)
        && Arrays.equals(correlationData, that.correlationData)
        && userProperties.equals(that.userProperties);
  }

  @Override
  public int hashCode() {
    return Objects.hash(utf8, responseTopic, Arrays.hashCode(correlationData), userProperties);
  }
}
