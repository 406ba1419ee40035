// The policy of a router, an event, or a version of a profile: for comparing them here, in the reader's language.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useClient, type Client } from 'urql';
import { EventPolicyDocument, ProfileDocumentDocument, RouterPolicyDocument } from '../../../generated/graphql';
import { policyOf, type Policy } from '../../../policy/policy';

export type Source = { readonly router: string } | { readonly event: string } | { readonly profile: string; readonly version: number };

export async function policyFrom(client: Client, source: Source): Promise<Policy | null> {
  if ('router' in source) {
    const { data } = await client.query(RouterPolicyDocument, { id: source.router }).toPromise();
    return data?.router ? policyOf(data.router.policy.document) : null;
  }
  if ('event' in source) {
    const { data } = await client.query(EventPolicyDocument, { id: source.event }).toPromise();
    return data?.event ? policyOf(data.event.policy.document) : null;
  }
  const { data } = await client.query(ProfileDocumentDocument, { id: source.profile, version: source.version }).toPromise();
  const document = data?.profile?.document as { policy?: unknown } | null | undefined;
  return document ? policyOf(document.policy) : null;
}

/** Null while it is loaded. */
export function usePolicy(source: Source): Policy | 'failed' | null {
  const client = useClient();
  const key = JSON.stringify(source);
  const [found, setFound] = useState<{ key: string; policy: Policy | 'failed' } | null>(null);
  useEffect(() => {
    let isOver = false;
    void policyFrom(client, JSON.parse(key) as Source).then((policy) => {
      if (!isOver) setFound({ key, policy: policy ?? 'failed' });
    });
    return () => {
      isOver = true;
    };
  }, [client, key]);
  return found?.key === key ? found.policy : null;
}
