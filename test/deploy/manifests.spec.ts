import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Container, EnvVar, PodSpec, Service } from 'kubernetes-types/core/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { describeConfig, readNodeConfig } from '@replog/runtime/config/read-node-config.js';
import { describe, expect, it } from 'vitest';
import { faultsOf, readFolder } from './manifests.js';
import type { Manifest } from './manifests.js';

const nodes = readFolder('deploy/kubernetes');
const proxy = readFolder('deploy/kubernetes/master-proxy');

function find<Kind>({ manifests }: { manifests: Manifest[] }, kind: string, name: string): Kind {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found as Kind;
}

const set = find<{ spec: StatefulSet['spec'] & object }>(nodes, 'StatefulSet', 'replog').spec;
const pod = set.template.spec as PodSpec;
const [container] = pod.containers as [Container];
const proxyPod = find<Deployment>(proxy, 'Deployment', 'replog-master-proxy').spec?.template.spec as PodSpec;

/** The environment of one pod, as Kubernetes fills it in. The secrets are values here, not files. */
function environmentOf(podName: string): NodeJS.ProcessEnv {
  const filled: Record<string, string> = { NODE_ID: podName };
  for (const { name, value } of container.env as EnvVar[])
    if (value !== undefined) filled[name] = value.replaceAll('$(NODE_ID)', podName);
  const { API_KEY_FILE, ADMIN_API_KEY_FILE, CLUSTER_SECRET_FILE, FOUNDER, ...rest } = filled;
  const names = [API_KEY_FILE, ADMIN_API_KEY_FILE, CLUSTER_SECRET_FILE].map((path) => path?.split('/').at(-1));
  expect(names).toEqual(['API_KEY', 'ADMIN_API_KEY', 'CLUSTER_SECRET']);
  return { ...rest, SERVER_TYPE: FOUNDER === podName ? 'master' : 'secondary', API_KEY: 'key' };
}

describe('the manifests of Kubernetes', () => {
  it('fit the API, and kustomize takes every file', () => {
    expect(faultsOf([...nodes.manifests, ...proxy.manifests])).toEqual([]);
    for (const { kustomization, files } of [nodes, proxy]) {
      const taken = [
        ...kustomization.resources,
        ...(kustomization.configMapGenerator ?? []).flatMap((map) => map.files),
      ];
      expect(taken.toSorted()).toEqual(files.toSorted());
    }
  });

  it('would be refused with a mistyped field, a number in place of a text, or a kind of another version', () => {
    const service = find<Service>(nodes, 'Service', 'replog');
    const broken = (change: object): string[] => faultsOf([{ ...service, ...change } as Manifest]);
    expect(broken({ spec: { ...service.spec, selecter: {} } })).toEqual([expect.stringContaining('selecter')]);
    expect(broken({ spec: { ports: [{ port: '8000' }] } })).toEqual([
      expect.stringContaining("Type 'string' is not assignable"),
    ]);
    expect(broken({ apiVersion: 'v2' })).toEqual(['there is no type for v2 Service']);
  });

  it('give every pod a configuration that is valid, and an address that the others know', () => {
    const pods = Array.from({ length: set.replicas ?? 0 }, (_, ordinal) => `replog-${ordinal}`);
    const configs = pods.map((name) => readNodeConfig(environmentOf(name)));
    expect(configs.map(({ role }) => role)).toEqual(['master', 'secondary', 'secondary']);
    expect(configs[0]?.peers).toEqual(configs.map(({ advertisedUrl }) => advertisedUrl));
    expect(configs[1]?.masterUrl).toBe(configs[0]?.advertisedUrl);
    const known = new Set(describeConfig().map(({ variable }) => variable));
    expect(Object.keys(environmentOf('replog-0')).filter((name) => !known.has(name))).toEqual([]);
    for (const { port, warnings } of configs)
      expect([port, warnings]).toEqual([
        container.ports?.[0]?.containerPort,
        [expect.stringMatching(/CLUSTER_SECRET/)],
      ]);
  });

  it('let the nodes find each other before they are ready, and clients only ready ones', () => {
    const headless = find<Service>(nodes, 'Service', set.serviceName ?? '').spec;
    expect(headless).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(set.podManagementPolicy).toBe('Parallel');
    expect(find<Service>(nodes, 'Service', 'replog').spec?.publishNotReadyAddresses).toBeUndefined();
    const budget = find<PodDisruptionBudget>(nodes, 'PodDisruptionBudget', 'replog').spec;
    const labels = set.template.metadata?.labels;
    expect(budget).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: labels } });
    for (const selector of [headless?.selector, set.selector.matchLabels])
      expect(selector).toMatchObject({ ...labels });
  });

  it('stop a pod later than a node needs to stop', () => {
    const pauseS = Number(container.lifecycle?.preStop?.exec?.command?.[1]);
    const graceS = readNodeConfig(environmentOf('replog-0')).shutdownGraceMs / 1000;
    // As long as `npm start` waits for a node beyond its grace.
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(pauseS + graceS + 15);
  });

  it.each([
    ['a node', pod],
    ['the proxy', proxyPod],
  ])('give %s no rights that it does not need', (_, { securityContext, automountServiceAccountToken, containers }) => {
    expect(automountServiceAccountToken).toBe(false);
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(securityContext?.runAsUser).toBeGreaterThan(0);
    for (const { securityContext: own, resources } of containers) {
      expect(own).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources).toMatchObject({ requests: { cpu: expect.any(String) as string }, limits: {} });
    }
  });

  it('ask for life and readiness apart', () => {
    const pathOf = (probe: Container['livenessProbe']): string | undefined => probe?.httpGet?.path;
    const { startupProbe, livenessProbe, readinessProbe } = container;
    expect([startupProbe, livenessProbe, readinessProbe].map(pathOf)).toEqual([
      '/healthcheck',
      '/healthcheck',
      '/healthcheck/ready',
    ]);
  });
});
