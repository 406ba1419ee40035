// Queries and mutations over HTTP. Nothing is cached here: what is live comes by the socket, the rest is asked when needed.
// SPDX-License-Identifier: Apache-2.0
import { Client, fetchExchange, type CombinedError } from 'urql';

export const graphqlPath = '/graphql';

export function makeClient(): Client {
  return new Client({
    url: graphqlPath,
    exchanges: [fetchExchange],
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: { credentials: 'same-origin' },
  });
}

export function socketUrl(location: Location): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${graphqlPath}`;
}

export function isUnauthenticated(error: CombinedError | undefined): boolean {
  return error?.response?.status === 401 || (error?.graphQLErrors.some((each) => each.extensions['code'] === 'UNAUTHENTICATED') ?? false);
}
