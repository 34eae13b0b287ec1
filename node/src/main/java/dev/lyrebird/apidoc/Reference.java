package dev.lyrebird.apidoc;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Stands in a document for a part that stands elsewhere in it. */
record Reference(@JsonProperty("$ref") String ref) implements OpenApi.Referable {}
