// What staff tells one router, and what it was told.
// SPDX-License-Identifier: Apache-2.0
import { StaffCancelCommandDocument, StaffCommandRouterDocument, StaffRouterCommandsDocument, type StaffRouterFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { Commands } from '../../parts/commands';
import { Drawer } from '../../ui/dialog';

export function GodCommands({ router, onClose }: { router: StaffRouterFieldsFragment; onClose: () => void }) {
  const seen = useFresh(StaffRouterCommandsDocument, { id: router.id }, { everyMs: 2_000 });
  const tell = useAct(StaffCommandRouterDocument);
  const cancel = useAct(StaffCancelCommandDocument);
  async function take(command: Parameters<React.ComponentProps<typeof Commands>['onTell']>[0]) {
    const { payload } = await tell.run({ input: { routerId: router.id, key: crypto.randomUUID(), expiresInSeconds: 3600, command } });
    if (payload) seen.again();
    return payload !== null;
  }
  return (
    <Drawer title={<bdi>{router.name || router.fingerprint}</bdi>} onClose={onClose}>
      <Problems of={cancel.problems} />
      <Loaded data={seen.data} error={seen.error} retry={seen.again}>
        {({ staff }) => (
          <Commands
            routerName={router.name}
            told={staff.commands.edges.map(({ node }) => node)}
            canTell={router.state === 'ACCEPTED'}
            isBusy={tell.isBusy}
            problems={tell.problems}
            onTell={take}
            onCancel={(id) => void cancel.run({ input: { commandId: id } }).then(seen.again)}
          />
        )}
      </Loaded>
    </Drawer>
  );
}
