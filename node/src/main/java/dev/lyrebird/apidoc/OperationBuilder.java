package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.OpenApi.MediaType;
import dev.lyrebird.apidoc.OpenApi.Operation;
import dev.lyrebird.apidoc.OpenApi.Parameter;
import dev.lyrebird.apidoc.OpenApi.Referable;
import dev.lyrebird.apidoc.OpenApi.RequestBody;
import dev.lyrebird.apidoc.OpenApi.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts one operation together: what it takes, what it answers, why it may be refused. */
final class OperationBuilder {

  private final String id;
  private final String tag;
  private final String summary;
  private final List<Referable> parameters = new ArrayList<>();
  private final Map<String, Referable> responses = new LinkedHashMap<>();
  private String description = "";
  private @Nullable RequestBody body;

  /**
   * @param id unique in the document
   * @param tag under which the operation stands
   */
  OperationBuilder(String id, String tag, String summary) {
    this.id = id;
    this.tag = tag;
    this.summary = summary;
  }

  /** Says more about it, in whole sentences. */
  OperationBuilder says(String text) {
    description = description.isEmpty() ? text : description + ' ' + text;
    return this;
  }

  OperationBuilder takes(Parameter parameter) {
    parameters.add(parameter);
    return this;
  }

  /** Takes parameters, of which some may be taken already. */
  OperationBuilder takes(List<CommonParameter> common) {
    common.stream()
        .map(CommonParameter::reference)
        .filter(reference -> !parameters.contains(reference))
        .forEach(parameters::add);
    return this;
  }

  OperationBuilder takesContent(String what, Map<String, MediaType> content) {
    body = new RequestBody(what, true, content);
    return this;
  }

  OperationBuilder answers(int status, String what, CommonHeader... headers) {
    return answers(status, what, Map.of(), headers);
  }

  OperationBuilder answers(
      int status, String what, Map<String, MediaType> content, CommonHeader... headers) {
    Map<String, Referable> fields = new LinkedHashMap<>();
    for (CommonHeader header : headers) {
      fields.put(header.field(), header.reference());
    }
    responses.put(Integer.toString(status), new Response(what, fields, content));
    return this;
  }

  OperationBuilder isRefused(Refused... reasons) {
    for (Refused reason : reasons) {
      responses.put(reason.status(), reason.reference());
    }
    return this;
  }

  Operation build() {
    responses.put("default", Refused.anyOther());
    return new Operation(id, List.of(tag), summary, description, parameters, body, responses);
  }
}
