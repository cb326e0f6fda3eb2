"""Commands of SLURM that run jobs on this computer, for tests and benchmarks where there is no SLURM."""

import stat
import sys

# Runs the tasks of an array in the background, as SLURM does: with its variables, its output and its time limit.
SBATCH = """#!{python}
import os, re, subprocess, sys
script = open(sys.argv[-1]).read()
first, last = map(int, re.search(r"--array=(\\d+)-(\\d+)", script).groups())
log = re.search(r'--output="(.*)"', script)[1]
with open("{folder}/submitted", "a") as file:
    print(last - first + 1, file=file)
for task in range(first, last + 1):
    environment = dict(os.environ, SLURM_ARRAY_JOB_ID="7", SLURM_ARRAY_TASK_ID=str(task), SCRIPT=sys.argv[-1])
    with open(log.replace("%A", "7").replace("%a", str(task)), "a") as told:
        child = subprocess.Popen(["bash", sys.argv[-1]], env=environment, stdout=told, stderr=told, start_new_session=True)
    open(f"{folder}/job-{{child.pid}}", "w").close()
print("7;cluster")
"""
SQUEUE = """#!{python}
import glob, os, pathlib
for name in glob.glob("{folder}/job-*"):
    try:
        fields = pathlib.Path(f"/proc/{{name.rpartition('-')[2]}}/stat").read_text().rpartition(")")[2].split()
        if fields[0] != "Z":
            print("7 running")
    except OSError:
        pass
"""
SCONTROL = """#!{python}
import os, subprocess, sys
if sys.argv[1] == "show":
    print("MaxArraySize            = 3")
else:
    with open("{folder}/requeued", "a") as file:
        print(sys.argv[2], file=file)
    child = subprocess.Popen(["bash", os.environ["SCRIPT"]], start_new_session=True)
    open(f"{folder}/job-{{child.pid}}", "w").close()
"""


def install(folder):
    """Write the commands into a new folder, which has to be the first one in PATH; returns it."""
    folder.mkdir()
    for name, text in (("sbatch", SBATCH), ("squeue", SQUEUE), ("scontrol", SCONTROL)):
        file = folder / name
        file.write_text(text.format(python=sys.executable, folder=folder))
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return folder
