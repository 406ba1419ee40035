// Who the person is to Vivi: name, e-mail and whether it is proven, the language of letters; the page's own language and colours beside them.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ChangeEmailDocument, MyAccountDocument, UpdateMeDocument, VerifyEmailDocument, type Language as LetterLanguage, type MyAccountQuery } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Choice, Field } from '../../forms/field';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { chooseLanguage, languages, type Language } from '../../i18n';
import { StateMark } from '../../parts/state_mark';
import { chooseTheme, themes, useTheme, type Theme } from '../../theme';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { showToast } from '../../ui/toasts';

type Mine = NonNullable<MyAccountQuery['me']>;

export function IdentityPanel() {
  const { t } = useTranslation('settings');
  const { data, error, again } = useFresh(MyAccountDocument, {});
  return (
    <Panel title={t('account.title')} testId="identity">
      <Loaded data={data} error={error} retry={again}>
        {({ me }) =>
          me && (
            <>
              <Name mine={me} again={again} />
              <Email mine={me} />
              <Languages mine={me} again={again} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Name({ mine, again }: { mine: Mine; again: () => void }) {
  const { t } = useTranslation('settings');
  const update = useAct(UpdateMeDocument);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const { payload } = await update.run({ input: { name: String(new FormData(event.currentTarget).get('name')).trim() } });
    if (!payload) return;
    showToast({ about: 'me', tone: 'plain', content: t('account.saved') });
    again();
  }
  return (
    <form method="post" onSubmit={(event) => void submit(event)} data-testid="name-form">
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t('account.name')} name="name" className="flex-1 basis-56" defaultValue={mine.name} maxLength={100} autoComplete="name" required />
        <Button type="submit" aria-disabled={update.isBusy}>
          {t('account.save')}
        </Button>
      </div>
      <Problems of={update.problems} />
    </form>
  );
}

function Email({ mine }: { mine: Mine }) {
  const { t } = useTranslation('settings');
  const verify = useAct(VerifyEmailDocument);
  const change = useAct(ChangeEmailDocument);
  const [isChanging, setChanging] = useState(false);
  const sent = (to: string) => showToast({ about: 'email', tone: 'plain', content: t('account.mailed', { email: to }) });
  async function prove() {
    const { payload } = await verify.run({});
    if (payload) sent(mine.email);
  }
  async function submit(fields: FormData) {
    const email = String(fields.get('email')).trim();
    const { payload } = await change.run({ input: { email } });
    if (!payload) return;
    setChanging(false);
    sent(email);
  }
  return (
    <div className="mt-4">
      <p className="text-muted text-xs">{t('account.email')}</p>
      <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
        <bdi className="min-w-0 font-medium break-all">{mine.email}</bdi>
        <StateMark tone={mine.isVerified ? 'ok' : 'warn'}>{t(mine.isVerified ? 'account.proven' : 'account.unproven')}</StateMark>
        {!mine.isVerified && (
          <Button size="small" aria-disabled={verify.isBusy} onClick={() => void prove()} data-testid="email-verify">
            {t('account.prove')}
          </Button>
        )}
        <Button size="small" onClick={() => setChanging(true)} data-testid="email-change">
          {t('account.changeEmail')}
        </Button>
      </div>
      <Problems of={verify.problems} />
      {isChanging && (
        <Ask title={t('account.emailAsk')} submit={t('account.emailSubmit')} onSubmit={(fields) => void submit(fields)} onClose={() => setChanging(false)} isBusy={change.isBusy} problems={change.problems} testId="email-form">
          <p className="text-muted mt-2 leading-relaxed">{t('account.emailText')}</p>
          <Field label={t('account.newEmail')} name="email" type="email" autoComplete="email" maxLength={254} required autoFocus />
        </Ask>
      )}
    </div>
  );
}

function Languages({ mine, again }: { mine: Mine; again: () => void }) {
  const { t, i18n } = useTranslation(['settings', 'common']);
  const update = useAct(UpdateMeDocument);
  const options = Object.entries(languages).map(([value, label]) => ({ value, label }));
  async function choose(language: LetterLanguage) {
    const { payload } = await update.run({ input: { language } });
    if (payload) again();
  }
  return (
    <>
      <div className="grid gap-x-4 sm:grid-cols-3">
        <Choice label={t('common:menu.language')} value={i18n.language} onChange={(event) => chooseLanguage(event.currentTarget.value as Language)} options={options} />
        <Choice
          label={t('account.letters')}
          name="letters"
          value={mine.language.toLowerCase()}
          onChange={(event) => void choose(event.currentTarget.value.toUpperCase() as LetterLanguage)}
          options={options}
        />
        <Choice
          label={t('common:menu.theme')}
          value={useTheme()}
          onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}
          options={themes.map((value) => ({ value, label: t(`common:menu.themes.${value}`) }))}
        />
      </div>
      <Problems of={update.problems} />
    </>
  );
}
