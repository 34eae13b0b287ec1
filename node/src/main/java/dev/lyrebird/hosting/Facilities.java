package dev.lyrebird.hosting;

import dev.lyrebird.api.Tables;
import java.net.http.HttpClient;
import java.util.function.Supplier;

/**
 * What a node offers to users' code, as one event loop brings it.
 *
 * @param http returns the client for HTTP, which is made when it is first asked for
 */
public record Facilities(Tables tables, Supplier<HttpClient> http) {}
