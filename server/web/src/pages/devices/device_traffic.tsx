// How much a device transfers: now, in all, and over the last day.
// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import type { Series } from '../../charts/series';
import { SmallChart } from '../../charts/small_chart';
import { formatMoment } from '../../format/time';
import { DeviceTrafficDocument, type DeviceTrafficQuery } from '../../generated/graphql';
import type { Device } from '../../live/devices';
import { Bytes, Rate } from '../../ui/quantity';

const dayMs = 86_400_000;

function seriesOf({ step, points }: DeviceTrafficQuery['trafficSeries']): Series {
  const rate = (bytes: number) => (bytes * 8) / step;
  return {
    at: points.map((point) => Date.parse(point.at) / 1000 + step / 2),
    down: points.map((point) => rate(point.bytesDown)),
    up: points.map((point) => rate(point.bytesUp)),
  };
}

export function DeviceTraffic({ device }: { device: Device }) {
  const { t, i18n } = useTranslation('devices');
  const from = useMemo(() => new Date(Date.now() - dayMs).toISOString(), []);
  const [{ data }] = useQuery({ query: DeviceTrafficDocument, variables: { id: device.id, from } });
  const series = useMemo(() => (data ? seriesOf(data.trafficSeries) : null), [data]);
  const [index, setIndex] = useState<number | null>(null);
  const at = index === null ? undefined : series?.at[index];
  return (
    <section aria-labelledby="device-traffic-title">
      <h3 id="device-traffic-title" className="font-semibold">
        {t('traffic.title')}
      </h3>
      <dl className="mt-1 mb-3 grid grid-cols-2 gap-x-4 gap-y-1.5">
        <Number name={t('columns.rateDown')} colour="text-down">
          <Rate value={device.rateDown} />
        </Number>
        <Number name={t('columns.rateUp')} colour="text-up">
          <Rate value={device.rateUp} />
        </Number>
        <Number name={t('columns.bytesDown')}>
          <Bytes value={device.bytesDown} />
        </Number>
        <Number name={t('columns.bytesUp')}>
          <Bytes value={device.bytesUp} />
        </Number>
      </dl>
      {series && data && (
        <>
          <p className="text-muted mb-1 text-xs">
            {at === undefined ? (
              <>
                {t('traffic.day')} ↓ <Bytes value={data.trafficSeries.bytesDown} /> ↑ <Bytes value={data.trafficSeries.bytesUp} />
              </>
            ) : (
              <>
                {formatMoment(at * 1000, Date.now(), i18n.language)} ↓ <Rate value={series.down[index!] ?? 0} /> ↑ <Rate value={series.up[index!] ?? 0} />
              </>
            )}
          </p>
          <SmallChart series={series} language={i18n.language} onPoint={setIndex} />
        </>
      )}
    </section>
  );
}

function Number({ name, colour = 'text-muted', children }: { name: string; colour?: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className={`text-xs font-medium ${colour}`}>{name}</dt>
      <dd className="text-base font-semibold">{children}</dd>
    </div>
  );
}
