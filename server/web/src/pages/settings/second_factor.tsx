// Two-step sign-in: turned on with an authenticator's QR code, its recovery codes shown this once, turned off again.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BeginTotpDocument, ConfirmTotpDocument, DisableTotpDocument, MySecondFactorDocument, RenewRecoveryCodesDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { download } from '../../forms/download';
import { Field } from '../../forms/field';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { Qr } from '../../forms/qr';
import { CopyButton, Secret } from '../../forms/secret';
import { useFresh } from '../../forms/use_fresh';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Panel } from '../../ui/panel';
import { StateMark } from '../../parts/state_mark';

interface Enrolment {
  readonly secret: string;
  readonly uri: string;
}

export function SecondFactor() {
  const { t } = useTranslation('settings');
  const { data, error, again } = useFresh(MySecondFactorDocument, {});
  const begin = useAct(BeginTotpDocument);
  const renew = useAct(RenewRecoveryCodesDocument);
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [isEnding, setEnding] = useState(false);

  async function start() {
    const { payload } = await begin.run({});
    if (payload?.enrolment) setEnrolment(payload.enrolment);
  }
  async function renewCodes() {
    const { payload } = await renew.run({});
    if (payload?.recoveryCodes) setCodes(payload.recoveryCodes);
  }
  function shown() {
    setCodes(null);
    again();
  }
  return (
    <Panel title={t('secondFactor.title')}>
      <Loaded data={data} error={error} retry={again}>
        {({ secondFactor }) => (
          <>
            <p className="flex flex-wrap items-baseline gap-x-3">
              <StateMark tone={secondFactor.isOn ? 'ok' : 'warn'}>{t(secondFactor.isOn ? 'secondFactor.on' : 'secondFactor.off')}</StateMark>
              <span className="text-muted" data-testid="recovery-left">
                {secondFactor.isOn ? t('secondFactor.left', { count: secondFactor.recoveryCodesLeft }) : t('secondFactor.why')}
              </span>
            </p>
            <Problems of={[...begin.problems, ...renew.problems]} />
            <div className="mt-3 flex flex-wrap gap-2">
              {secondFactor.isOn ? (
                <>
                  <Button size="small" aria-disabled={renew.isBusy} onClick={() => void renewCodes()}>
                    {t('secondFactor.renew')}
                  </Button>
                  <Button size="small" className="text-danger" onClick={() => setEnding(true)} data-testid="totp-off">
                    {t('secondFactor.turnOff')}
                  </Button>
                </>
              ) : (
                <Button look="primary" aria-disabled={begin.isBusy} onClick={() => void start()} data-testid="totp-on">
                  {t('secondFactor.turnOn')}
                </Button>
              )}
            </div>
          </>
        )}
      </Loaded>
      {enrolment && (
        <Enrol
          enrolment={enrolment}
          onClose={() => setEnrolment(null)}
          onDone={(made) => {
            setEnrolment(null);
            setCodes(made);
          }}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onClose={shown} />}
      {isEnding && (
        <TurnOff
          onClose={() => setEnding(false)}
          onDone={() => {
            setEnding(false);
            again();
          }}
        />
      )}
    </Panel>
  );
}

function Enrol({ enrolment, onClose, onDone }: { enrolment: Enrolment; onClose: () => void; onDone: (codes: readonly string[]) => void }) {
  const { t } = useTranslation('settings');
  const confirm = useAct(ConfirmTotpDocument);
  async function submit(fields: FormData) {
    const { payload } = await confirm.run({ code: String(fields.get('code')).replace(/\s/g, '') });
    if (payload?.recoveryCodes) onDone(payload.recoveryCodes);
  }
  return (
    <Ask title={t('secondFactor.turnOn')} submit={t('secondFactor.confirm')} onSubmit={(fields) => void submit(fields)} onClose={onClose} isBusy={confirm.isBusy} problems={confirm.problems} testId="totp-form">
      <p className="mt-2 leading-relaxed">{t('secondFactor.scan')}</p>
      <div className="mt-3 flex justify-center">
        <Qr text={enrolment.uri} label={t('secondFactor.qr')} />
      </div>
      <p className="text-muted mt-3 text-xs">{t('secondFactor.orType')}</p>
      <Secret value={enrolment.secret} label={t('secondFactor.secret')} testId="totp-secret" />
      <Field label={t('secondFactor.code')} name="code" inputMode="numeric" autoComplete="one-time-code" pattern="[0-9 ]*" maxLength={8} required autoFocus />
    </Ask>
  );
}

function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation('settings');
  const text = `${codes.join('\n')}\n`;
  return (
    <Dialog title={t('secondFactor.codes')} onClose={onClose}>
      <p className="mt-2 leading-relaxed">{t('secondFactor.codesText')}</p>
      <ul className="bg-sunken mt-3 grid grid-cols-2 gap-x-4 gap-y-1 rounded-md p-3 font-mono text-xs" data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <CopyButton value={text} />
        <Button size="small" onClick={() => download('vivi-recovery-codes.txt', 'text/plain', text)}>
          {t('secondFactor.file')}
        </Button>
        <Button size="small" look="primary" onClick={onClose}>
          {t('secondFactor.kept')}
        </Button>
      </div>
    </Dialog>
  );
}

function TurnOff({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation('settings');
  const disable = useAct(DisableTotpDocument);
  async function submit() {
    const { payload } = await disable.run({});
    if (payload) onDone();
  }
  return (
    <Ask title={t('secondFactor.turnOff')} submit={t('secondFactor.turnOff')} onSubmit={() => void submit()} onClose={onClose} isBusy={disable.isBusy} problems={disable.problems} isDanger testId="totp-off-ask">
      <p className="mt-2 leading-relaxed">{t('secondFactor.offText')}</p>
    </Ask>
  );
}
