// What the organisation tells a router, and what it was told.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { CancelCommandDocument, CommandRouterDocument, RouterCommandsDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { Commands } from '../../parts/commands';
import { usePlace } from '../../place';
import { Panel } from '../../ui/panel';
import type { RouterDetail } from './router_page';

export function CommandsPanel({ router }: { router: RouterDetail }) {
  const { t } = useTranslation('commands');
  const { may } = usePlace();
  const canTell = may('MANAGE');
  const seen = useFresh(RouterCommandsDocument, { id: router.id, withResult: canTell }, { everyMs: 2_000 });
  const tell = useAct(CommandRouterDocument);
  const cancel = useAct(CancelCommandDocument);
  async function take(command: Parameters<React.ComponentProps<typeof Commands>['onTell']>[0]) {
    const { payload } = await tell.run({ input: { routerId: router.id, key: crypto.randomUUID(), expiresInSeconds: 3600, command } });
    if (payload) seen.again();
    return payload !== null;
  }
  return (
    <Panel title={t('panel')} note={t('note')} className="mt-4">
      <Problems of={cancel.problems} />
      <Loaded data={seen.data} error={seen.error} retry={seen.again}>
        {({ router: found }) => (
          <Commands
            routerName={router.name}
            told={found?.commands.edges.map(({ node }) => node) ?? []}
            canTell={canTell}
            isBusy={tell.isBusy}
            problems={tell.problems}
            onTell={take}
            onCancel={(id) => void cancel.run({ input: { commandId: id } }).then(seen.again)}
          />
        )}
      </Loaded>
    </Panel>
  );
}
