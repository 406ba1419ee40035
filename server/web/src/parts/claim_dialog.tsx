// Having a router: its code as it is shown on its page and its label, and a name. The code is looked at while it is typed.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ClaimRouterDocument } from '../generated/graphql';
import { useAct } from '../forms/act';
import { Ask } from '../forms/ask';
import { Field } from '../forms/field';
import { usePlace } from '../place';
import { showToast } from '../ui/toasts';
import { groupedCode, stateOf } from './claim_code';

interface Props {
  code: string;
  onClose: () => void;
  onClaimed: (routerId: string) => void;
  /** Of the first configuration; absent: the server's own. */
  configuration?: unknown;
}

export function ClaimDialog({ code, onClose, onClaimed, configuration }: Props) {
  const { t } = useTranslation('routers');
  const { organisationId } = usePlace();
  const claim = useAct(ClaimRouterDocument);
  const [typed, setTyped] = useState(groupedCode(code));
  const [isTried, setTried] = useState(false);
  const state = stateOf(typed);
  const isWrong = state === 'mistyped' || state === 'long' || (isTried && state === 'short');

  async function submit(fields: FormData) {
    setTried(true);
    if (state !== 'fits') return;
    const name = String(fields.get('name')).trim();
    const input = { organisationId, code: typed, name, ...(configuration === undefined ? {} : { configuration }) };
    const { payload } = await claim.run({ input });
    if (!payload?.router) return;
    showToast({ about: 'claim', tone: 'plain', content: t('claim.done', { name }) });
    onClaimed(payload.router.id);
  }

  return (
    <Ask
      title={t('claim.title')}
      submit={t('claim.submit')}
      onSubmit={(fields) => void submit(fields)}
      onClose={onClose}
      isBusy={claim.isBusy}
      problems={claim.problems}
      testId="claim"
    >
      <p className="text-muted mt-2 leading-relaxed">{t('claim.text')}</p>
      <Field
        label={t('claim.code')}
        hint={<span className={isWrong ? 'text-danger' : state === 'fits' ? 'text-ok' : ''}>{t(`claim.states.${isTried && state === 'short' ? 'tooShort' : state}`)}</span>}
        name="code"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => setTyped(groupedCode(typed))}
        aria-invalid={isWrong || undefined}
        placeholder="7ZK4T-9QH2M-R"
        autoCapitalize="characters"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        autoFocus={!code}
        required
      />
      <Field label={t('claim.name')} hint={t('claim.nameHint')} name="name" maxLength={100} required autoComplete="off" autoFocus={Boolean(code)} />
    </Ask>
  );
}
