/**
 * Who a client is. {@link dev.lyrebird.auth.Users} are those who may log in, by what the node keeps
 * of their passwords: a {@link dev.lyrebird.auth.ScramCredential} each, from which no password can
 * be read. {@link dev.lyrebird.auth.ScramSha256} is the exchange by which a client proves that it
 * knows one without sending it; the package is pure and knows of no protocol that carries it.
 */
@NullMarked
package dev.lyrebird.auth;

import org.jspecify.annotations.NullMarked;
