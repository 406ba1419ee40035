// API tokens: for programs that act for somebody, never above their scope.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiTokensDocument, CreateApiTokenDocument, RevokeApiTokenDocument, type ApiTokenFieldsFragment, type TokenScope } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Choice, Field } from '../../forms/field';
import { Loaded } from '../../forms/loaded';
import { Secret } from '../../forms/secret';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/empty';
import { Panel } from '../../ui/panel';
import { Age, Time } from '../../ui/time';
import { StateMark } from '../../parts/state_mark';

const scopes = ['READ', 'OPERATE', 'MANAGE'] as const satisfies readonly TokenScope[];

export function TokensPart() {
  const { t } = useTranslation('settings');
  const { organisationId } = usePlace();
  const { data, error, again } = useFresh(ApiTokensDocument, { organisationId });
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const make = (
    <Button look="primary" size="small" onClick={() => setMaking(true)} data-testid="token-new">
      {t('tokens.make')}
    </Button>
  );
  return (
    <Panel title={t('tokens.title')} note={t('tokens.note')} actions={make}>
      <Loaded data={data} error={error} retry={again}>
        {({ apiTokens }) =>
          apiTokens.length === 0 ? (
            <Empty title={t('tokens.none.title')} text={t('tokens.none.text')} />
          ) : (
            <ul className="divide-line divide-y">
              {apiTokens.map((token) => (
                <Token key={token.id} token={token} again={again} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isMaking && (
        <MakeToken
          onClose={() => setMaking(false)}
          onDone={(made) => {
            setMaking(false);
            setSecret(made);
            again();
          }}
        />
      )}
      {secret && (
        <Dialog title={t('tokens.ready')} onClose={() => setSecret(null)}>
          <p className="mt-2 leading-relaxed">{t('tokens.once')}</p>
          <Secret value={secret} label={t('tokens.secret')} testId="token-secret" />
          <p className="text-muted mt-2 text-xs">
            {t('tokens.header')} <code>Authorization: Bearer …</code>
          </p>
          <div className="mt-5 flex justify-end">
            <Button look="primary" onClick={() => setSecret(null)}>
              {t('done')}
            </Button>
          </div>
        </Dialog>
      )}
    </Panel>
  );
}

function MakeToken({ onClose, onDone }: { onClose: () => void; onDone: (secret: string) => void }) {
  const { t } = useTranslation('settings');
  const { organisationId } = usePlace();
  const create = useAct(CreateApiTokenDocument);
  async function submit(fields: FormData) {
    const input = { organisationId, name: String(fields.get('name')).trim(), scope: String(fields.get('scope')) as TokenScope, days: Number(fields.get('days')) };
    const { payload } = await create.run({ input });
    if (payload?.secret) onDone(payload.secret);
  }
  return (
    <Ask title={t('tokens.make')} submit={t('tokens.submit')} onSubmit={(fields) => void submit(fields)} onClose={onClose} isBusy={create.isBusy} problems={create.problems} testId="token-form">
      <Field label={t('tokens.name')} hint={t('tokens.nameHint')} name="name" maxLength={63} required autoFocus autoComplete="off" />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Choice label={t('tokens.scope')} name="scope" options={scopes.map((value) => ({ value, label: t(`tokens.scopes.${value}`) }))} />
        <Field label={t('tokens.days')} name="days" type="number" inputMode="numeric" min={1} max={366} defaultValue={90} required />
      </div>
    </Ask>
  );
}

function Token({ token, again }: { token: ApiTokenFieldsFragment; again: () => void }) {
  const { t } = useTranslation('settings');
  const revoke = useAct(RevokeApiTokenDocument);
  const [isAsking, setAsking] = useState(false);
  const isOver = Date.parse(token.expiresAt) <= Date.now();
  async function end() {
    const { payload } = await revoke.run({ input: { tokenId: token.id } });
    if (!payload) return;
    setAsking(false);
    again();
  }
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="token" data-name={token.name} data-revoked={token.revokedAt !== null}>
      <div className="min-w-0 flex-1 basis-56">
        <p className="truncate font-medium">
          <bdi>{token.name}</bdi>
        </p>
        <p className="text-muted text-xs">
          {t(`tokens.scopes.${token.scope}`)}
          {token.email && <bdi> · {token.email}</bdi>} · {t('people.until')} <Time at={token.expiresAt} /> · {token.lastUsedAt ? <>{t('sessions.used')} <Age at={token.lastUsedAt} /></> : t('tokens.neverUsed')}
        </p>
      </div>
      {token.revokedAt || isOver ? (
        <StateMark tone="quiet">{t(token.revokedAt ? 'revoked' : 'tokens.over')}</StateMark>
      ) : (
        <Button size="small" onClick={() => setAsking(true)} aria-label={t('people.revokeThis', { name: token.name })}>
          {t('revoke')}
        </Button>
      )}
      {isAsking && (
        <Ask title={t('people.revokeThis', { name: token.name })} submit={t('revoke')} onSubmit={() => void end()} onClose={() => setAsking(false)} isBusy={revoke.isBusy} problems={revoke.problems} isDanger testId="token-revoke">
          <p className="mt-2 leading-relaxed">{t('tokens.revokeText')}</p>
        </Ask>
      )}
    </li>
  );
}
