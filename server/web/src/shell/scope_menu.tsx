// Chooses what is looked at: everything, an event, or one router.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { LinkState } from '../generated/graphql';
import { useScope, type Scope } from '../scope';
import { Icon } from '../ui/icons';
import { Menu, MenuChoice, MenuChoices, MenuLine } from '../ui/menu';

const dots: Record<LinkState, string> = { ONLINE: 'bg-ok', OFFLINE: 'bg-danger', NEVER_SEEN: 'bg-field' };

export function ScopeMenu() {
  const { t } = useTranslation();
  const scope = useScope();
  const { allRouters, events, event, router } = scope;
  if (allRouters.length === 0 && events.length === 0) {
    return <p className="min-w-0 truncate text-base font-semibold">{scope.state === 'ready' ? t('scope.none') : 'Vivi'}</p>;
  }
  const value = event ? `event ${event.id}` : allRouters.length > 1 && !router ? 'all' : `router ${router?.id ?? ''}`;
  return (
    <Menu label={t('scope.label')} align="start" trigger={<Trigger scope={scope} />}>
      <MenuChoices label={t('scope.label')} value={value} onChoose={(chosen) => scope.choose(parse(chosen))}>
        {allRouters.length > 1 && <MenuChoice value="all">{t('scope.all')}</MenuChoice>}
        {events.map((each) => (
          <MenuChoice key={each.id} value={`event ${each.id}`}>
            <bdi>{each.name}</bdi>
          </MenuChoice>
        ))}
        {allRouters.length > 0 && <MenuLine />}
        {allRouters.map((each) => (
          <MenuChoice key={each.id} value={`router ${each.id}`}>
            <span className="flex items-center gap-2">
              <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${dots[each.linkState]}`} />
              <bdi className="truncate">{each.name || t('router.unnamed')}</bdi>
              <span className="sr-only">{t(`link.${each.linkState}`)}</span>
            </span>
          </MenuChoice>
        ))}
      </MenuChoices>
    </Menu>
  );
}

function Trigger({ scope, ...rest }: { scope: Scope }) {
  const { t } = useTranslation();
  const name = scope.event?.name ?? (scope.router ? scope.router.name || t('router.unnamed') : t('scope.all'));
  return (
    <button type="button" data-testid="scope" {...rest} className="hover:bg-sunken flex h-9 max-w-72 min-w-0 items-center gap-1.5 rounded-md px-2 text-base font-semibold">
      <span className="sr-only">{t('scope.label')}: </span>
      <bdi className="truncate">{name}</bdi>
      <Icon name="open" className="text-muted size-4" />
    </button>
  );
}

function parse(value: string): Parameters<Scope['choose']>[0] {
  const [kind, id = ''] = value.split(' ');
  return kind === 'event' ? { event: id } : kind === 'router' ? { router: id } : 'all';
}
