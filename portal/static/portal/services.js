// What the pages of the services do better with scripts: upload with progress, save while typing, copy.
(() => {
  "use strict";
  const alert = document.querySelector("[data-focus]");
  if (alert) alert.focus();

  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (!copy) return;
    const text = copy.dataset.copy.split(" ").map((id) => {
      const value = document.getElementById(id);
      return `${value.previousElementSibling.textContent} ${value.textContent.trim()}`;
    }).join("\n");
    const done = () => { copy.textContent = "已复制"; };
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(done, () => {});
    else {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      if (document.execCommand("copy")) done();
      area.remove();
    }
  });

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const said = form.querySelector("[data-saved]");
  const bars = form.querySelector(".sv-bars");

  // Only the typed fields: files go on their own, so that a broken upload costs nothing of what was typed.
  const typed = (act) => {
    const data = new FormData(form);
    data.delete("file");
    data.set("do", act);
    return data;
  };

  let timer = 0;
  let changed = false;
  const save = async () => {
    changed = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed("save"), headers: { "X-Part": "1" } });
      said.textContent = answer.ok ? await answer.text() : "没有保存成功，点“保存”再试";
      changed = !answer.ok;
    } catch {
      changed = true;
      said.textContent = "网络断开，恢复后自动保存";
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 1500);
  });
  window.addEventListener("online", () => { if (changed) save(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed) navigator.sendBeacon(form.action, typed("save"));
  });

  const show = (html) => {
    const held = form.querySelector("#held");
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("#held");
    if (!fresh) return null;
    const refused = fresh.querySelector(".sv-wrong");
    if (refused) refused.remove(); // stays beside its own file, whatever comes after it
    held.replaceWith(fresh);
    return refused;
  };

  const upload = (file, kind) => new Promise((resolve) => {
    const line = document.createElement("p");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `上传 ${file.name}`);
    line.append(name, bar);
    bars.append(line);
    const data = new FormData();
    data.set("key", form.elements.key.value);
    data.set("do", "upload");
    data.set("file_kind", kind);
    data.set("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Part", "1");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    const failed = (words) => {
      bar.remove();
      const again = document.createElement("button");
      again.type = "button";
      again.className = "sv-link";
      again.textContent = "重试";
      again.addEventListener("click", () => { line.remove(); upload(file, kind); });
      name.textContent = `${file.name}：${words}`;
      line.append(again);
      resolve();
    };
    request.addEventListener("load", () => {
      if (request.status === 200 || request.status === 422) {
        const refused = show(request.responseText);
        if (refused) line.replaceChildren(refused);
        else line.remove();
        resolve();
      } else if (request.status === 413) failed("文件太大，没有收下");
      else failed("没有上传成功");
    });
    request.addEventListener("error", () => failed("网络断开，已填写的内容不受影响"));
    request.send(data);
  });

  form.elements.file.addEventListener("change", async () => {
    const chosen = [...form.elements.file.files];
    const kind = form.elements.file_kind.value;
    form.elements.file.value = "";
    for (const file of chosen) await upload(file, kind);
  });

  form.addEventListener("click", async (event) => {
    const button = event.target.closest('button[value^="drop:"]');
    if (!button) return;
    event.preventDefault();
    const data = new FormData();
    data.set("key", form.elements.key.value);
    data.set("do", button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Part": "1" } });
      if (answer.ok) show(await answer.text());
    } catch {
      said.textContent = "网络断开，没有移除";
    }
  });
})();
