// What Now decides with one click: names let through or refused, devices admitted, alarms taken over; each with the way back.
// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { whyNot, worked } from '../../api_error';
import { AcknowledgeDocument, AllowNameDocument, DenyNameDocument, PolicyNowDocument, ReplacePolicyDocument } from '../../generated/graphql';
import { labelOf, type Device } from '../../live/devices';
import { useSession } from '../../session';
import { showToast } from '../../ui/toasts';
import { askAgain, ignore } from './ignored';
import { rulesOfName, withAdmitted, withRulesOfName, type PolicyDocument } from './policy';

const tries = 3;

export function useDecisions(refresh: () => void) {
  const { t } = useTranslation(['now', 'common']);
  const client = useClient();
  const { may } = useSession();

  return useMemo(() => {
    /** Changes the policy as it is by now; somebody else may be faster, then once more. */
    async function change(about: string, routerId: string, edit: (document: PolicyDocument) => PolicyDocument): Promise<boolean> {
      for (let left = tries; ; left -= 1) {
        const { data } = await client.query(PolicyNowDocument, { id: routerId }).toPromise();
        const policy = data?.router?.policy;
        if (!policy) return worked(about, { errors: [{ code: 'NOT_FOUND', message: '' }] }, undefined);
        const answer = await client.mutation(ReplacePolicyDocument, { input: { routerId, baseRevision: policy.revision, document: edit(policy.document as PolicyDocument) } }).toPromise();
        if (left > 1 && answer.data?.setPolicy.errors[0]?.code === 'CONFLICT') continue;
        refresh();
        return worked(about, answer.data?.setPolicy, answer.error);
      }
    }
    function say(about: string, text: string, name: string, undo?: () => void): void {
      const content = (
        <>
          {text} <bdi className="font-medium">{name}</bdi>
        </>
      );
      showToast({ about, tone: 'plain', content, ...(undo ? { action: { label: t('common:actions.undo'), run: undo } } : {}) });
    }
    /** The way back from what is about to be decided: the rules of the name as they are now. Only who may change the policy has one. */
    async function wayBack(routerId: string, name: string): Promise<(() => void) | undefined> {
      if (!may('MANAGE')) return undefined;
      const { data } = await client.query(PolicyNowDocument, { id: routerId }).toPromise();
      const policy = data?.router?.policy;
      if (!policy) return undefined;
      const before = rulesOfName(policy.document as PolicyDocument, name);
      return () => void change(name, routerId, (document) => withRulesOfName(document, name, before));
    }

    return {
      /** `minutes` absent: for always. */
      async allow(routerId: string, name: string, minutes?: number): Promise<void> {
        const undo = await wayBack(routerId, name);
        const { data, error } = await client.mutation(AllowNameDocument, { input: { routerId, domain: name, ...(minutes === undefined ? {} : { minutes }) } }).toPromise();
        refresh();
        if (worked(name, data?.allowDomain, error)) say(name, t('decisions.allowed'), name, undo);
      },
      async deny(routerId: string, name: string): Promise<void> {
        const undo = await wayBack(routerId, name);
        const { data, error } = await client.mutation(DenyNameDocument, { input: { routerId, domain: name } }).toPromise();
        refresh();
        if (!worked(name, data?.denyDomain, error)) return;
        ignore(`name ${name}`);
        say(name, t('decisions.denied'), name, undo);
      },
      async admit(devices: readonly Device[]): Promise<void> {
        for (const routerId of new Set(devices.map((each) => each.routerId))) {
          const of = devices.filter((each) => each.routerId === routerId);
          const macs = of.map((each) => each.mac);
          const undo = () => void change('admit', routerId, (document) => ({ ...document, devices: (document.devices ?? []).filter((rule) => !macs.includes(rule.device)) }));
          if (await change('admit', routerId, (document) => withAdmitted(document, macs))) {
            say('admit', t('decisions.admitted', { count: of.length }), of.length === 1 ? labelOf(of[0]!) : '', undo);
          }
        }
      },
      async acknowledge(id: string, name: string): Promise<void> {
        const { data, error } = await client.mutation(AcknowledgeDocument, { id }).toPromise();
        refresh();
        const reason = whyNot(data?.acknowledgeAlert, error);
        if (reason === null) say(id, t('decisions.acknowledged'), name);
        else worked(id, data?.acknowledgeAlert, error);
      },
      ignore(key: string, name: string): void {
        ignore(key);
        say(key, t('decisions.ignored'), name, () => askAgain(key));
      },
    };
  }, [client, may, refresh, t]);
}

export type Decisions = ReturnType<typeof useDecisions>;
