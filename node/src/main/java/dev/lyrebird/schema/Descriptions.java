package dev.lyrebird.schema;

import graphql.language.AbstractDescribedNode;
import graphql.language.Description;

/** What a schema says to people of a type or an attribute: the string that stands before it. */
final class Descriptions {

  private Descriptions() {}

  /** Returns the description, in Markdown; empty where there is none. */
  static String of(AbstractDescribedNode<?> node) {
    Description description = node.getDescription();
    return description == null ? "" : description.getContent();
  }
}
