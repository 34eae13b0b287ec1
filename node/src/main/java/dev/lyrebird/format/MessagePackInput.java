package dev.lyrebird.format;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePackException;

/**
 * Makes the parser of MessagePack behave as Jackson's own parsers do: at the end there is no token
 * rather than a fault, what is malformed is a fault of the input, and of numbers that are none it
 * says so.
 */
final class MessagePackInput extends JsonParserDelegate {

  MessagePackInput(JsonParser parser) {
    super(parser);
  }

  @Override
  public @Nullable JsonToken nextToken() throws IOException {
    try {
      return super.nextToken();
    } catch (JsonEOFException e) {
      if (getParsingContext().inRoot()) {
        return null;
      }
      throw e;
    } catch (MessagePackException e) {
      throw new JsonParseException(this, e.getMessage(), e);
    }
  }

  @Override
  public boolean isNaN() throws IOException {
    return currentToken() == JsonToken.VALUE_NUMBER_FLOAT && !Double.isFinite(getDoubleValue());
  }

  @Override
  public byte[] getBinaryValue(Base64Variant variant) throws IOException {
    if (getEmbeddedObject() instanceof byte[] bytes) {
      return bytes;
    }
    throw new JsonParseException(
        this, "extension types have no JSON; send a time as text of ISO 8601");
  }
}
